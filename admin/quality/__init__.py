"""How good answers are: measures of a period, and monitors that notice when something drifts."""
