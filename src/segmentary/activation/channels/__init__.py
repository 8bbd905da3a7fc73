"""Ways to reach people: each delivers one message and says what became of it."""
