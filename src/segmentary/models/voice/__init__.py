"""What people say, coded: language, sentiment, intent, topic, needs and pains, each with the words that decided."""
