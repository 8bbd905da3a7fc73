"""The shell: joins the rooms, owns clock, files and runs."""
