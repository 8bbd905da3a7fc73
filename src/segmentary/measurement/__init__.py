"""What did it do."""
