#!/bin/sh
# find_python.sh: print the first Python that is new enough; otherwise `python3`, so that an error can name it.
for python in python3 python3.14 python3.13 python3.12 python3.11; do
  if "$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "$python"
    exit
  fi
done
echo python3
