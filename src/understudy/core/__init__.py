"""What Understudy thinks with: frozen values and pure functions. No input or output, no clock, no thread."""
