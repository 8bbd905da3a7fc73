"""What a campaign did: who reacted, what it changed against those held out, what to do next."""
