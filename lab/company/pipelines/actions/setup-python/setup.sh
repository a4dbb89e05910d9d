# Makes the job's own Python and says which version it is; another one that was asked for is not here, and that is said.
set -eu
if [ -z "$WANTED" ] && [ -n "$WANTED_FILE" ]; then
  [ -f "$WANTED_FILE" ] || { echo "::error::The python-version-file '$WANTED_FILE' is not there; is the checkout before this step?"; exit 1; }
  case "$WANTED_FILE" in *.toml|*.tool-versions) ;; *) WANTED=$(head -n 1 "$WANTED_FILE") ;; esac
fi
version=$(python -c 'import platform; print(platform.python_version())')
case "$WANTED" in
  ''|'3'|'3.x'|'>='*|'~'*|'<'*|'^'*) ;;
  "$version"|"${version%.*}"|"${version%.*}.x") ;;
  *) echo "::notice::Python $WANTED is not on the company's runner; this job runs on Python $version." ;;
esac
{
  echo "python-version=$version"
  echo "python-path=$LAB_ENVIRONMENT/bin/python"
} >> "$GITHUB_OUTPUT"
{
  echo "pythonLocation=$LAB_ENVIRONMENT"
  echo "Python3_ROOT_DIR=$LAB_ENVIRONMENT"
} >> "$GITHUB_ENV"
echo "Python $version"
