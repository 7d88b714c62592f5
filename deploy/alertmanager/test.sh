#!/bin/bash
# test.sh: holds alertmanager.yml against a real Alertmanager: it loads, routes as it says, and inhibits what it says and
# nothing else. Needs no network; takes a few seconds.
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
config=deploy/alertmanager/alertmanager.yml
port=19493
url=http://127.0.0.1:$port
work=$(mktemp -d "${TMPDIR:-/tmp}/alertmanager.XXXXXX")

amtool() { tests/rig/peers/peer.sh amtool "$@"; }

# One host a line: what is told | what it explains away. Alerts of other pools and hosts stand on the left: they stay.
cases() {
  cat <<'CASES'
gone     | ZfsPoolMissing,pool=a ZfsPoolSuspended,pool=b | ZfsPoolSuspended,pool=a ZfsPoolUnavailable,pool=a ZfsDataErrors,pool=a
shut     | ZfsPoolUnavailable,pool=a ZfsDataErrors,pool=b | ZfsPoolSuspended,pool=a ZfsPoolDegraded,pool=a ZfsRedundancyExhausted,pool=a
frozen   | ZfsPoolSuspended,pool=a ZfsPoolDegraded,pool=b | ZfsPoolDegraded,pool=a ZfsPoolStalled,pool=a ZfsDeviceErrors,pool=a SourceBlocked,role=zfs,source=pool_stats
silent   | ZfsPoolStalled,pool=a ZfsDataErrors,pool=a SourceLost,role=zfs,source=pool_stats | ZfsPoolDegraded,pool=a SourceBlocked,role=zfs,source=pool_stats SourceStale,role=zfs,source=pool_stats
silent2  | ZfsPoolStalled,pool=a SourceBlocked,role=pi,source=mailbox |
thin     | ZfsRedundancyExhausted,pool=a ZfsPoolDegraded,pool=b ZfsDeviceErrors,pool=a | ZfsPoolDegraded,pool=a ZfsScrubOverdue,pool=a
worn     | ZfsPoolDegraded,pool=a ZfsScrubOverdue,pool=b | ZfsScrubOverdue,pool=a
full     | ZfsPoolFull,pool=a ZfsPoolCapacity,pool=b | ZfsPoolCapacity,pool=a
bare     | RoleMissing,role=zfs RoleMissing,role=pi | ZfsPoolMissing,pool=a SourceStale,role=zfs,source=kstat
dark     | ExporterDown ZfsPoolSuspended,pool=a | RoleMissing,role=zfs SourceStale,role=zfs,source=kstat
stuck    | SourceBlocked,role=zfs,source=pool_stats SourceStale,role=zfs,source=kstat | SourceStale,role=zfs,source=pool_stats
dead     | SourceLost,role=zfs,source=pool_stats | SourceStale,role=zfs,source=pool_stats
weak     | PiUnderVoltage PiTooHot NodeSwapOn | PiThrottled PiClockBelowRequested PiSupplyLow PiUnderVoltageSinceBoot NodeSwapWillReturn
hot      | PiTooHot PiSupplyLow | PiThrottled PiHot PiFanStalled
slow     | PiThrottled PiFanGone NodeSwapWillReturn | PiHot PiFanStalled PiClockBelowRequested
numb     | SourceStale,role=pi,source=pmic PiSensorLost,role=pi,source=fan | PiSensorLost,role=pi,source=pmic
none     | QuorumLost,cluster=m VoterDown,cluster=n CertExpiring,cluster=m | QuorumNoTolerance,cluster=m HaStatusLies,cluster=m VoterDown,cluster=m StoreFrozen,cluster=m SplitView,cluster=m
thin3    | QuorumNoTolerance,cluster=o PartialPartition,cluster=o | HaStatusLies,cluster=o VoterDown,cluster=o VoterLagging,cluster=o StoreDiskLow,cluster=o
stuck3   | StoreFrozen,cluster=p HaNotEnabled,cluster=q | QuorumNoTolerance,cluster=p VoterLagging,cluster=p StoreDiskLow,cluster=p VoterNotPromoted,cluster=q
brim     | VoterLagging,cluster=r | StoreDiskLow,cluster=r
deaf     | RouterDown ExporterDown | RouterTargetDown,target=mail RouterOldestUndelivered,target=mail RouterJournalDown
mute     | RouterTargetDown,target=mail RouterOldestUndelivered,target=discord | RouterOldestUndelivered,target=mail
CASES
}

routes() {
  amtool check-config "$config" >/dev/null
  goes_to gjallarhorn alertname=ZfsPoolSuspended
  goes_to gjallarhorn alertname=Watchdog
  goes_to mail-without-router,gjallarhorn alertname=RouterDown
}

goes_to() { # RECEIVERS LABEL=VALUE...
  amtool config routes test --config.file="$config" --verify.receivers="$1" "${@:2}" >/dev/null 2>"$work/route" ||
    fail "${*:2} does not go to $1: $(cat "$work/route")"
}

fire() { # HOST ALERT,LABEL=VALUE...
  local host=$1 alert
  for alert in "${@:2}"; do
    # The labels are words of their own.
    # shellcheck disable=SC2046
    amtool --alertmanager.url="$url" alert add instance="$host" alertname="${alert%%,*}" $(words "$alert")
  done
}

words() { case $1 in *,*) tr ',' ' ' <<<"${1#*,}" ;; esac; }

explained() { # what the running Alertmanager holds back, one alert a line
  amtool --alertmanager.url="$url" alert query --inhibited -o extended | grep alertname= | while read -r line; do
    grep -oE '[a-z]+="[^"]*"' <<<"$line" | tr -d '"' | one_line
  done | sort
}

one_line() { sort | tr '\n' ' '; echo; }

expected() {
  local host hidden alert
  cases | while IFS='|' read -r host _ hidden; do
    for alert in $hidden; do
      { echo "alertname=${alert%%,*}"; echo "instance=${host// /}"; words "$alert" | tr ' ' '\n'; } | grep . | one_line
    done
  done | sort
}

answers() { amtool --alertmanager.url="$url" alert query >/dev/null 2>&1; }

until_true() { # COMMAND...: within ten seconds
  local until=$((SECONDS + 10))
  until "$@"; do [ $SECONDS -lt $until ] || return 1; sleep 0.1; done
}

as_expected() { explained >"$work/seen"; cmp -s "$work/expected" "$work/seen"; }

routes
echo token >"$work/token"
sed "s|/etc/alertmanager/gjallarhorn-token|$work/token|" "$config" >"$work/alertmanager.yml"
tests/rig/peers/peer.sh alertmanager --config.file="$work/alertmanager.yml" --storage.path="$work/data" \
  --web.listen-address=127.0.0.1:$port --cluster.listen-address= >"$work/log" 2>&1 &
alertmanager=$!
trap 'kill $alertmanager 2>/dev/null; wait $alertmanager 2>/dev/null; rm -rf "$work"' EXIT
until_true answers || fail "Alertmanager does not answer: $(tail -n 3 "$work/log")"

while IFS='|' read -r host told hidden; do
  # shellcheck disable=SC2086
  fire "${host// /}" $told $hidden
done < <(cases)
expected >"$work/expected"
until_true as_expected || { diff "$work/expected" "$work/seen" >&2; fail "inhibitions: < expected, > seen"; }
echo "alertmanager: $(wc -l <"$work/expected") alerts explained by others, $(cases | wc -l) hosts, routes as written"
