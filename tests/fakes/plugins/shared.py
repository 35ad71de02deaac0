"""Not a plug-in: something two of them share."""
