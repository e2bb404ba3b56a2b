#!/usr/bin/env bash
# The terminal in tmux: drawn, resized, stopped, killed; in the end it must be as it was found.
# Usage: Tests/terminal.sh [path of TerminalProbe]      (built if not given)
set -euo pipefail
cd "$(dirname "$0")/.."

command -v tmux >/dev/null || { echo "terminal.sh: skipped, there is no tmux here"; exit 0; }
probe=${1:-}
if [ -z "$probe" ]; then
  swift build --product TerminalProbe
  probe=$(swift build --show-bin-path)/TerminalProbe
fi

servers=0  # a new one for each shell: an old one may still be on its way out
mux() { tmux -L "moviola-test-$$-$servers" -f /dev/null "$@"; }
source Tests/tmux.sh
# Short, so that no line of the shell wraps; a shell without line editing, which would set modes of its own.
ln -s "$(realpath "$probe")" "$work/p"
check() { if [ "$2" = "$3" ]; then ok "$1"; else bad "$1: expected «$3», got «$2»"; fi; }

# A fresh shell of a size, with variables; of another kind if `kind` says so.
shell() {
  mux kill-server 2>/dev/null || true
  servers=$((servers + 1))
  mux new-session -d -s t -x "$1" -y "$2" "env -u TERMINFO PS1='> ' PROBE=$work/p ${*:3} ${kind:-sh -i}"
  mux set-option -g status off
  mux set-option -g mouse off
  sees '>'
  keys 'stty -a > '"$work/before" Enter
  sees 'before'
}

start() {
  keys "clear; \$PROBE $*" Enter
  sees 'probe ' || bad "does not start"
}

# How it ended. (Asked in a line of its own: a shell drops the rest of one that was interrupted.)
ended() {
  for _ in $(seq 60); do
    if [ -z "$(pid)" ]; then break; fi
    sleep 0.05
  done
  keys 'echo status $?' Enter
  if sees "status $1"; then ok "ends with $1"; else bad "does not end with $1"; fi
}

pid() { pgrep -f "^$work/p" | head -1 || true; }

# The terminal is as it was found.
restored() {
  sleep 0.2
  check "$1: main screen, cursor, no mouse, no keypad mode" \
    "$(mux display -p -t t '#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{keypad_flag} #{keypad_cursor_flag}')" \
    "0 1 0 0 0"
  keys "stty -a > $work/after" Enter
  for _ in $(seq 40); do [ -s "$work/after" ] && break; sleep 0.05; done
  if cmp -s <(tail -n +2 "$work/before") <(tail -n +2 "$work/after"); then ok "$1: modes"; else bad "$1: modes differ"; fi
  rm -f "$work/after"
  # Bracketed paste is off: what is pasted comes without brackets.
  keys 'cat -v' Enter
  mux set-buffer 'pas'
  mux paste-buffer -p -t t
  keys 'ted' Enter
  if sees 'pasted' && ! screen | grep -q '200~'; then ok "$1: paste mode off"; else bad "$1: paste mode on"; fi
  keys C-c
  if screen | grep -qE '\^\[|;[0-9]+c|Gi='; then bad "$1: answers in the shell"; else ok "$1: nothing typed into the shell"; fi
}

echo "== draws, hears, quits"
shell 80 24
start
see '一颗红色的星星|'
check "borders are straight" "$(screen | sed -n '2,23p' | grep -c '│$')" "22"
keys Up; see 'heard key Up'
keys C-r; see 'heard key Ctrl-R'
keys Escape; see 'heard key Esc'
keys M-x; see 'heard key Alt-X'
keys BTab; see 'heard key Shift-Tab'
keys F12; see 'heard key F12'
mux set-buffer "$(printf 'line %s\n' $(seq 20))"
mux paste-buffer -p -t t; see 'paste 150 characters, 20 lines'
keys m; sleep 0.3
check "the mouse can be turned off" "$(mux display -p -t t '#{mouse_any_flag}')" "0"
keys w; see 'heard wake'
sleep 0.2; check "a thousand pokes, few wakes" "$(screen | grep -c 'heard wake' | awk '{ print ($1 <= 6) }')" "1"
keys e; keys Down; see 'heard key Down'
if screen | grep -q complains; then bad "standard error is on the screen"; else ok "standard error is not on the screen"; fi
keys q; ended 0
see 'a library complains'
restored "quit"

echo "== resize storm"
shell 200 60
start --animate
for pause in 0.1 0.01 0.03; do
  for size in "80 24" "20 5" "1 1" "200 60" "20 5" "80 24" "3 2" "200 60"; do
    mux resize-window -t t -x "${size% *}" -y "${size#* }"
    sleep $pause
  done
done
see 'probe 200×60'
borders() { screen | sed -n '2,59p' | grep -c '│$' || true; }
for _ in $(seq 40); do [ "$(borders)" = 58 ] && break; sleep 0.05; done
check "every row has its right border" "$(borders)" "58"
mux resize-window -t t -x 20 -y 5; see 'probe 20×5'
check "no stale cell" "$(screen | sed -n '1p;5p' | tr -d '─╭╮╰╯ ')" "probe20×5"
mux resize-window -t t -x 80 -y 24; see 'probe 80×24'
keys q; ended 0
restored "resized"

for signal in TERM INT QUIT ILL TRAP SEGV ABRT BUS FPE; do
  echo "== SIG$signal"
  shell 80 24 SWIFT_BACKTRACE=enable=no
  keys 'ulimit -c 0' Enter
  start --animate
  kill -s $signal "$(pid)"
  ended $((128 + $(kill -l $signal)))
  restored "SIG$signal"
done

echo "== SIGHUP, with the terminal still there"
shell 80 24
start --animate
kill -s HUP "$(pid)"
ended 0
restored "SIGHUP"

echo "== a trap in Swift"
shell 80 24 SWIFT_BACKTRACE=enable=no
keys 'ulimit -c 0' Enter
start
keys c
see 'asked to crash'
ended 13  # 132 or 133: ILL or TRAP
restored "trap"

echo "== a full stack"
shell 80 24 SWIFT_BACKTRACE=enable=no
keys 'ulimit -c 0' Enter
start
keys s
ended 139
restored "full stack"

echo "== stopped and continued"
shell 80 24
start
keys C-z
sees 'Stopped' && ok "stopped" || bad "not stopped"
restored "Ctrl-Z"
keys 'clear; fg' Enter
see '一颗红色的星星|'
check "alternate screen again" "$(mux display -p -t t '#{alternate_on} #{mouse_any_flag}')" "1 1"
keys Down; see 'heard key Down'
kill -s TSTP "$(pid)"
sees 'Stopped' && ok "SIGTSTP stops" || bad "SIGTSTP does not stop"
keys 'clear; bg' Enter
sleep 0.3
check "in the background it is silent" "$(mux display -p -t t '#{alternate_on}')" "0"
keys 'clear; fg' Enter
see '一颗红色的星星|'
kill -s STOP "$(pid)"
sleep 0.2
# Nothing could put the modes back: Enter is not a line end here.
keys 'stty sane; clear; fg' C-j
see '一颗红色的星星|'
keys Left; see 'heard key Left'
keys q; ended 0
restored "after fg"

echo "== bash, which says nothing when fg follows bg"
kind='bash --norc --noprofile --noediting -i' shell 80 24
start
keys C-z
sees 'Stopped' && ok "stopped" || bad "not stopped"
keys 'clear; bg; sleep 0.5; clear; fg' Enter
see '一颗红色的星星|'
keys Down; see 'heard key Down'
kill -s STOP "$(pid)"
sees 'Stopped' && ok "SIGSTOP stops" || bad "SIGSTOP does not stop"
keys 'clear; bg' Enter
sleep 0.5
check "in the background it draws nothing" "$(screen | grep -c '一颗' || true)" "0"
keys 'clear; fg' Enter
see '一颗红色的星星|'
keys Left; see 'heard key Left'
keys q; ended 0
restored "after bash's fg"

echo "== the terminal is closed"
shell 80 24
start --animate --survive "$work/survived"
survivor=$(pid)
mux kill-server
sleep 0.3
kill -s HUP "$survivor"  # the kernel sends one, and the shell another
for _ in $(seq 60); do [ -s "$work/survived" ] && break; sleep 0.05; done
check "the program learns it and goes on" "$(cat "$work/survived" 2>/dev/null)" "went on without a screen"

echo "== poor terminals"
for setting in "TERM=xterm-kitty" "TERM=nothing-known" "TERM=vt100" "TERM=linux" "LC_ALL=C" "NO_COLOR=1" "COLORTERM=truecolor"; do
  shell 80 24 "$setting"
  start
  case "$setting" in
    LC_ALL*) see '一颗红色的星星|' ;;
    NO_COLOR*) check "no colours" "$(mux capture-pane -p -e -t t | grep -cE $'\e\\[([0-9;]*;)?[34][0-9]' || true)" "0" ;;
    COLORTERM*) if mux capture-pane -p -e -t t | grep -q '38;2;90;160;255'; then ok "24 bits"; else bad "not 24 bits"; fi ;;
    *) see 'caf' ;;
  esac
  keys q; ended 0
  restored "$setting"
done
shell 80 24
start --ascii
see 'caf'
check "--ascii draws ASCII" "$(screen | LC_ALL=C grep -c '[^ -~]')" "0"
keys q; ended 0

shell 80 24
start --animate --preview=kitty
see $'\U10EEEE'
keys q; ended 0
restored "images"

echo "== idle"
shell 80 24
start
sleep 0.5
switches() { awk '/^voluntary/ { print $2 }' "/proc/$(pid)/status"; }
before=$(switches)
sleep 5
check "wake-ups in 5 s" "$(($(switches) - before))" "0"
keys q; ended 0

[ "$failures" = 0 ] && echo "all well" || { echo "$failures failures"; exit 1; }
