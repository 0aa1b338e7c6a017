"""What things cost: currencies, months, and the terms of costs beside the models."""
