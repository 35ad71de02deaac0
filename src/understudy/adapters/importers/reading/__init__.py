"""What several importers need: opening files, times, names of programs, copies of databases in use."""
