"""Types text into the window that has the focus, and looks before every key that it still has it."""
