# What the scenarios of the container and of the virtual machine have in common; sourced by both.
# A scenario prints one line for each thing that holds and ends with 1 at the first that does not.

step=""
begin() { step=$1; }
pass() { echo "ok: $step"; }
fail() {
    echo "FAILED: $step: $*"
    init_answers || exit 75
    systemctl status affectd affectd.socket --no-pager --full
    journalctl --no-pager -n 40 -o short-monotonic
    exit 1
}
# Where init itself hangs, no step says anything about the service: 75 (EX_TEMPFAIL) tells them apart.
init_answers() {
    timeout 60 systemctl show --property=Version >/dev/null 2>&1 && return
    echo "init does not answer; it and the journal wait for:"
    local process
    for process in 1 $(pidof systemd-journald); do
        head -3 "/proc/$process/status" 2>&1
        head -20 "/proc/$process"/{wchan,syscall,stack} 2>&1
    done
    journalctl --no-pager -n 40 -o short-monotonic
    return 1
}
# expect WORDS… : the command succeeds.
expect() { "$@" || fail "$* (code $?)"; }
# within SECONDS WORDS… : the command succeeds at least once in that time; $SLOWNESS makes it longer.
within() {
    local deadline=$((SECONDS + $1 * ${SLOWNESS:-1}))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || fail "not within the time: $*"
        sleep 0.2
    done
}
is() { [[ $1 == "$2" ]] || fail "expected \"$2\", found \"$1\""; }
state() { affectctl status --json | sed -nE "s/.*\"$1\":\"?([^\",}]*).*/\1/p"; }
capture_is() { [[ $(state capture) == "$1" ]]; }
journal_has() { [[ -n $(journalctl -u affectd --no-pager -o cat "$@") ]]; }
property() { systemctl show affectd -p "$1" --value; }

# Puts what lies in the stage where a package would put it.
install_daemon() {
    expect install -Dm755 -t /usr/bin "$1/affectd" "$1/affectctl"
    expect install -Dm644 -t /usr/lib/systemd/system "$1/affectd.service" "$1/affectd.socket"
    expect install -Dm644 "$1/sysusers.conf" /usr/lib/sysusers.d/affectd.conf
    expect install -Dm644 "$1/tmpfiles.conf" /usr/lib/tmpfiles.d/affectd.conf
    expect install -Dm644 -t /etc/affectd "$1/affectd.toml"
    expect install -Dm644 -t /usr/lib/systemd/catalog "$1/affectd.catalog"
    expect journalctl --update-catalog
    expect install -Dm644 -t /usr/share/affectd/models "$1/model.affect"
    expect systemd-sysusers >/dev/null 2>&1
    expect systemd-tmpfiles --create affectd.conf
    expect mkdir -p /etc/systemd/system/affectd.service.d
}

# configure SECTION KEY VALUE : the service has this setting from its next start or reload on.
configure() {
    expect mkdir -p /etc/affectd/affectd.toml.d
    printf '[%s]\n%s = %s\n' "$@" >"/etc/affectd/affectd.toml.d/$1-$2.toml"
}
