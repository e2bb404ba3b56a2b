#!/usr/bin/env bash
# The studio in tmux, as a new user has it: type a prompt, render it, find it, filter, render it again with the same
# frames, resize, close the window while it renders, kill it; the terminal is given back each time.
# Usage: Tests/studio.sh [path of moviola [arguments…]]      (built if not given)
set -euo pipefail
cd "$(dirname "$0")/.."

command -v tmux >/dev/null || { echo "studio.sh: skipped, there is no tmux here"; exit 0; }
if [ $# -eq 0 ]; then
  swift build --product moviola
  set -- "$(swift build --show-bin-path)/moviola"
fi
program=$(realpath "$1")
shift

mux() { tmux -L "moviola-studio-$$" -f /dev/null "$@"; }
source Tests/tmux.sh
seen_not() { if screen | grep -qF -- "$1"; then bad "still shows «$1»"; else ok "shows «$1» no more"; fi; }

cat > "$work/start" <<END
export MOVIOLA_HOME=$work/home LC_ALL=C.UTF-8
$(printf '%q ' "$program" "$@") --language en
END
mux new-session -d -s t -x 120 -y 34 "PS1='> ' sh -i"
mux set-option -g status off
sees '>'
start() { keys "clear; sh $work/start" Enter; }
# The shell is back, with its screen, its echo and its cursor.
given_back() {
  sleep 0.5
  keys 'clear; echo "back $((40 + 2))"' Enter
  see 'back 42'
  if [ "$(mux display -p -t t '#{alternate_on}#{cursor_flag}#{mouse_any_flag}')" = 010 ]; then
    ok "the terminal is as it was"
  else
    bad "the terminal is not as it was"
  fi
}

echo "first start"
start
see 'Welcome to Moviola'
keys Escape
sleep 0.5
seen_not 'Welcome to Moviola'

echo "compose"
keys M-c
keys -l 'a yellow star'
keys Tab
keys -l 'spins'
see 'A yellow star spins.'
see 'tokens'
mux set-buffer "$(printf 'line %s\n' $(seq 20))"
keys Tab
mux paste-buffer -p -t t
see 'line 20'
see 'History 0'
keys C-_
sleep 0.3
seen_not 'line 20'

echo "render"
keys C-r
see '#1 starts'
see '✓ done' 1200

echo "history"
keys F3
see '1 of 1'
keys /
keys -l 'star !snow'
see '1 of 1'
keys -l ' nothing'
see '0 of 1'
keys Escape
see '1 of 1'
keys r
see '2 of 2'
keys g
see 'same frames as #1' 1200

echo "sizes"
for size in '200 60' '80 24' '20 5' '61 17' '120 34'; do
  mux resize-window -t t -x "${size% *}" -y "${size#* }"
  sleep 0.3
  if [ "$size" = '20 5' ]; then see 'needs 60×16'; fi
done
see '2 of 2'

echo "help, commands, leaving"
keys F1
see 'type to filter'
keys Escape
sleep 0.5
keys C-p
keys -l 'quit'
see 'Quit (asks while rendering)'
keys Enter
given_back

echo "stopped by a signal"
start
see 'History 2'
pkill -TERM -P "$(pgrep -f "^sh $work/start" | head -n 1)" || bad "there is no process to stop"
given_back

echo "the window is closed while it renders"
start
see 'History 2'
keys C-r
see '#3 starts'
mux kill-server
sleep 1
mux new-session -d -s t -x 120 -y 34 "sh $work/start"
keys F3
see '3 of 3'
for _ in $(seq 600); do
  if screen | sed -n 4p | grep -q '✓'; then break; fi
  sleep 0.1
done
if screen | sed -n 4p | grep -q '✓'; then ok "it went on to its end"; else bad "it did not go on to its end"; fi

if [ "$failures" -gt 0 ]; then echo "studio.sh: $failures failed"; exit 1; fi
echo "studio.sh: all passed"
