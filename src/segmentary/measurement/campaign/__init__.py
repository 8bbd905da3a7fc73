"""What a campaign did: who was reached and how they reacted, what it changed against those held out, what to do next."""
