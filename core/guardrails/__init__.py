"""Pure checks on text: personal data, injections, invisible characters, model output."""
