"""How much people should look, before anything runs: sizing, simulation, and rehearsal on past cases."""
