# Checks a commit out as GitHub's action leaves it: all branches under origin/, the event's commit, no identity, no hooks run.
set -eu
export GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
# The job's copy is thrown away: one pack instead of many files, nothing forced to the disk, no housekeeping.
export GIT_CONFIG_COUNT=3 GIT_CONFIG_KEY_0=fetch.unpackLimit GIT_CONFIG_VALUE_0=1
export GIT_CONFIG_KEY_1=core.fsync GIT_CONFIG_VALUE_1=none GIT_CONFIG_KEY_2=maintenance.auto GIT_CONFIG_VALUE_2=false
name=${CHECKOUT_REPOSITORY#*/}
origin="${LAB_ORIGIN%/*}/$name.git"
fail() { echo "::error::$1"; exit 1; }

case "$name" in ''|.*|*/*) fail "'$CHECKOUT_REPOSITORY' is no repository of this company." ;; esac
[ -d "$origin" ] || fail "There is no repository '$CHECKOUT_REPOSITORY' in this company."
case "$CHECKOUT_DEPTH" in
  0) depth= ;;
  *[!0-9]*|'') fail "'fetch-depth: $CHECKOUT_DEPTH' is no number." ;;
  *) depth="--depth=$CHECKOUT_DEPTH" ;;
esac

mkdir -p -- "$CHECKOUT_PATH"
cd -- "$CHECKOUT_PATH"
if [ ! -e .git ]; then
  find . -mindepth 1 -maxdepth 1 -exec rm -rf {} +
  git init --quiet --template= --initial-branch=main
  git remote add origin "file://$origin"
  git config gc.auto 0
fi
fetch() {
  git -c core.fsmonitor= -c core.hooksPath=/dev/null fetch --quiet --force --no-recurse-submodules $depth \
    --upload-pack='git -c uploadpack.allowAnySHA1InWant=true upload-pack' origin "$@"
}
has() { git rev-parse --quiet --verify "$1^{commit}" > /dev/null; }

tags=
[ "$CHECKOUT_TAGS" = true ] && tags='+refs/tags/*:refs/tags/*'
case "$GITHUB_REF" in
  refs/pull/*) fetch $tags '+refs/heads/*:refs/remotes/origin/*' "+$GITHUB_REF:refs/remotes/${GITHUB_REF#refs/}" ;;
  *) fetch $tags '+refs/heads/*:refs/remotes/origin/*' ;;
esac

ref=$CHECKOUT_REF
[ -n "$ref" ] || { [ "$CHECKOUT_REPOSITORY" = "$GITHUB_REPOSITORY" ] && ref=$GITHUB_SHA; } || ref=main
branch=
if [ "$ref" = "$GITHUB_SHA" ]; then
  has "$ref" || fetch "$ref" || fail "The commit '$ref' is gone from '$CHECKOUT_REPOSITORY'."
  target=$ref
  case "$GITHUB_REF" in refs/heads/*) branch=${GITHUB_REF#refs/heads/} ;; esac
elif has "refs/remotes/origin/${ref#refs/heads/}"; then
  branch=${ref#refs/heads/}
  target=refs/remotes/origin/$branch
elif fetch "+refs/tags/${ref#refs/tags/}:refs/tags/${ref#refs/tags/}" 2> /dev/null; then
  target=refs/tags/${ref#refs/tags/}
elif fetch "$ref" 2> /dev/null; then
  target=FETCH_HEAD
else
  fail "'$CHECKOUT_REPOSITORY' has no branch, tag or commit '$ref'."
fi

checkout() { git -c advice.detachedHead=false -c core.hooksPath=/dev/null checkout --quiet --force "$@"; }
if [ -n "$branch" ]; then
  checkout -B "$branch" "$target"
  has "refs/remotes/origin/$branch" && git branch --quiet --set-upstream-to="origin/$branch" "$branch" > /dev/null 2>&1 || true
else
  checkout --detach "$target"
fi
commit=$(git rev-parse HEAD)
{ echo "ref=${branch:-$ref}"; echo "commit=$commit"; } >> "$GITHUB_OUTPUT"
git log -1 --format='HEAD is now at %h %s'
