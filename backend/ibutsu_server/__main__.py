"""`python -m ibutsu_server` is `ibutsu-server`."""

from ibutsu_server.cli import main

main()
