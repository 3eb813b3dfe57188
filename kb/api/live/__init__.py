"""What goes on: subscriptions, and the two ways in which they are sent."""
