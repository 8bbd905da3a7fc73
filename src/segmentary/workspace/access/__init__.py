"""Who may come in and what they may do: users, sessions, keys of programs, the first sign-in, who did what."""
