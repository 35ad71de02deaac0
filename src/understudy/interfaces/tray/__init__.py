"""The tray icon: says at a glance how Understudy is doing, and puts every decision one click away."""
