"""What happens to an approved idea: owner, budget, experiments, benefit and cost of each month."""
