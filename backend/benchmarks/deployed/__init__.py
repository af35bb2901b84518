"""The deployed server under load, each of its parts taken away in turn: `hatch run test-deployed`."""
