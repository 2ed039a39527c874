#!/usr/bin/env bash
# Virtual sound, for tests on machines that have none: a PulseAudio of our own with two null sinks.
#
#   eval "$(scripts/virtual_audio.sh start)"    # makes a private folder, starts, prints what to export
#   scripts/virtual_audio.sh start FOLDER       # the same in a folder of your choice (a short path)
#   scripts/virtual_audio.sh env | status | stop [FOLDER]   # FOLDER: else $VIRTUAL_AUDIO
#
# Sink `mic`: what is played there (paplay --device=mic) is what a program hears as `virtual_mic`.
# Sink `speaker`: what a program plays as `virtual_speaker`; record it from speaker.monitor (parec).
# Needs no hardware, no D-Bus and no rights; touches no other sound server.
# Debian: sudo apt install libportaudio2 pulseaudio pulseaudio-utils libasound2-plugins
set -euo pipefail

fail() {
    echo "$*" >&2
    exit 1
}

print_env() {
    cat <<END
export VIRTUAL_AUDIO='$folder'
export XDG_RUNTIME_DIR='$folder/run'
export PULSE_RUNTIME_PATH='$folder/run/pulse'
export PULSE_SERVER='unix:$folder/run/pulse/native'
export PULSE_COOKIE='$folder/cookie'
export ALSA_CONFIG_PATH='$folder/asound.conf'
END
}

write_settings() {
    # norewinds: without it an idle null sink sends a new listener nothing for up to 2 s.
    cat >"$folder/server.pa" <<END
load-module module-native-protocol-unix auth-anonymous=1 socket=$folder/run/pulse/native
load-module module-null-sink sink_name=speaker norewinds=1 rate=48000 channels=2
load-module module-null-sink sink_name=mic norewinds=1 rate=16000 channels=1
set-default-sink speaker
set-default-source mic.monitor
END
    # Debian's PortAudio speaks ALSA only. The hints make ALSA list these names.
    cat >"$folder/asound.conf" <<END
</usr/share/alsa/alsa.conf>
pcm.!default {
    type pulse
    hint { show on description "the virtual default" }
}
ctl.!default { type pulse }
pcm.virtual_mic {
    type pulse
    device "mic.monitor"
    hint { show on description "the virtual microphone" }
}
pcm.virtual_speaker {
    type pulse
    device "speaker"
    hint { show on description "the virtual loudspeaker" }
}
END
}

# The number must still be our own server's: numbers are used again.
is_running() {
    [ -f "$folder/pid" ] && ps -o args= -p "$(cat "$folder/pid")" 2>/dev/null | grep -qF "$folder/server.pa"
}

answers() { (eval "$(print_env)" && pactl info) >/dev/null 2>&1; }

start() {
    for program in pulseaudio pactl; do
        command -v "$program" >/dev/null || fail "$program is missing: sudo apt install pulseaudio pulseaudio-utils"
    done
    [ -n "$folder" ] || folder=$(mktemp -d "${TMPDIR:-/tmp}/sound-XXXXXX")
    if ! is_running; then
        mkdir -p "$folder/run/pulse" "$folder/home"
        chmod 700 "$folder" "$folder/run" "$folder/run/pulse"
        write_settings
        eval "$(print_env)"
        # It has a home of its own, so that nothing is written into the person's.
        HOME=$folder/home nohup pulseaudio -n -F "$folder/server.pa" --daemonize=no \
            --exit-idle-time=-1 --use-pid-file=no --high-priority=no --realtime=no \
            --log-target="file:$folder/log" </dev/null >/dev/null 2>&1 &
        echo $! >"$folder/pid"
    fi
    for _ in $(seq 100); do
        answers && print_env && return
        is_running || break
        sleep 0.1
    done
    tail -n 5 "$folder/log" >&2 || true
    fail "PulseAudio did not start in $folder."
}

stop() {
    is_running || return 0
    kill "$(cat "$folder/pid")"
    for _ in $(seq 50); do
        is_running || break
        sleep 0.1
    done
    rm -r "$folder/run" "$folder/home" && rm -f "$folder"/{server.pa,asound.conf,pid,log,cookie}
    rmdir "$folder" 2>/dev/null || true
}

folder=${2:-${VIRTUAL_AUDIO:-}}
case ${1:-} in
    start) start ;;
    env | status | stop)
        [ -n "$folder" ] || fail "Which one? Name its folder, or set VIRTUAL_AUDIO."
        case $1 in
            env) print_env ;;
            status) is_running && eval "$(print_env)" && pactl list short sinks && pactl list short sources ;;
            stop) stop ;;
        esac
        ;;
    *)
        echo "usage: virtual_audio.sh start|env|status|stop [FOLDER]" >&2
        exit 2
        ;;
esac
