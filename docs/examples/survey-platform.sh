#!/usr/bin/env bash
# A survey platform at work: it reads the session, reports the outcome, and sends the browser home (Kantar Gateway API).
# Run `npm start`, then ./docs/examples/survey-platform.sh
set -euo pipefail
. "$(dirname "$0")/lib.sh"

launch_for_panel
poll_until_there
step 'the panel creates a session and the panelist clicks; the survey gets the session token as t'
call 200 POST "$CREATION" "$PANEL_KEY" "$(survey_session)"
call 302 GET "$(read_json .url)" ''
TOKEN=${LOCATION##*t=}

step 'the panelist'
call 200 GET "/sessions/$TOKEN" "$PLATFORM_KEY"
SESSION=$(read_json .session_id)
same 'the platform' "$(read_json .survey_platform_id)" DECIPHER
same "the buyer's survey" "$(read_json .survey_id)" demand-survey-plan-id
same 'the panelist' "$(read_json .panelist_id)" 123456
call 400 GET /sessions/unknown "$PLATFORM_KEY"
call 401 GET "/sessions/$TOKEN" "$PANEL_KEY"

step "the outcome, as in the Kantar Gateway API; a repeat and a contradiction change nothing"
call 200 POST /panelist-outcome "$PLATFORM_KEY" \
  "{\"session_id\": \"$SESSION\", \"outcome\": \"COMPLETED\", \"metadata\": {\"timestamp\": \"2021-01-01T00:00:00Z\"}}"
HOME_FROM_HERE=$(read_json .redirect_url)
for outcome in COMPLETED TERMINATED; do
  call 200 POST /panelist-outcome "$PLATFORM_KEY" "{\"session_id\": \"$SESSION\", \"outcome\": \"$outcome\"}"
  same 'the way home' "$(read_json .redirect_url)" "$HOME_FROM_HERE"
done
call 400 POST /panelist-outcome "$PLATFORM_KEY" "{\"session_id\": \"$SESSION\", \"outcome\": \"DONE\"}"

step 'the browser goes home, to the panel, with our signed token'
call 302 GET "$HOME_FROM_HERE" ''
case $LOCATION in *token=*) ;; *) fail "the browser was sent to $LOCATION" ;; esac

step 'the buyer sees the complete'
call 200 GET "/survey-plans/$PLAN" "$BUYER_KEY"
same 'the completes' "$(read_json .survey_performance.completes)" 1
same "the panel's" "$(read_json ".survey_performance.status_metrics['$PANEL'].COMPLETED")" 1
same 'what is available' "$(read_json .available_completes.survey)" 29
call 200 PATCH "/survey-plans/$PLAN" "$BUYER_KEY" '{"status": "CLOSED"}'

printf '\nAll as the seeds say.\n'
