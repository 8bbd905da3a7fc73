"""What customers will do: features as of a past moment, fitted formulas, calibration, and the card of each model."""
