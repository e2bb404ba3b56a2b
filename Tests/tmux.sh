# What the scripts in tmux share. Sourced, after mux() has named the server; leaves a folder "$work" and "$failures".
work=$(mktemp -d)
# A program that just lost its window may still be writing its last words into the folder.
leave() {
  mux kill-server 2>/dev/null || true
  for _ in $(seq 100); do
    if rm -rf "$work" 2>/dev/null; then return; fi
    sleep 0.1
  done
  echo "$0: left $work behind" >&2
}
trap leave EXIT
failures=0

ok() { echo "  ok    $1"; }
bad() { echo "  FAIL  $1"; failures=$((failures + 1)); screen | sed 's/^/        /'; }
screen() { mux capture-pane -p -t t; }
keys() { mux send-keys -t t "$@"; }
# sees TEXT [tenths of a second]: waits until the screen shows it.
sees() {
  for _ in $(seq "${2:-100}"); do
    if screen | grep -qF -- "$1"; then return 0; fi
    sleep 0.1
  done
  return 1
}
see() { if sees "$1" "${2:-100}"; then ok "shows «$1»"; else bad "does not show «$1»"; fi; }
