"""Risk triage: a versioned questionnaire, the class that its answers lead to, and its record."""
