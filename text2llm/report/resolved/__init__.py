"""The resolved document, rendered: JSON and text apart, since thousands of agents are rendered for programs."""
