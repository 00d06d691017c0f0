"""One resolved document: for each agent and role the models that are requested, in order, with all that is known."""
