#!/usr/bin/env bash
# A panel (supplier) at work: the feed of the Kantar Gateway API, a session from it, and what is reserved for the panel by the PureSpectrum Supply API.
# Run `npm start`, then ./docs/examples/panel.sh
set -euo pipefail
. "$(dirname "$0")/lib.sh"

launch_for_panel

poll_until_there
same 'the ranges' "$(read_json ".find((one) => one.survey_plan.id === '$SURVEY').survey_plan.qualifications[0].qualifying_answers[0]")" 16-40

step 'the panel acknowledges what it has stored; the next poll has only changes'
call 204 POST /surveys/ack "$PANEL_KEY" "{\"ack_id\": $ACK}"
call 200 GET /surveys "$PANEL_KEY"
same 'the plan, again' "$(read_json ".some((one) => one.survey_plan.id === '$SURVEY')")" false
call 400 POST /surveys/ack "$PANEL_KEY" '{"ack_id": 9007199254740991}'

step "the Kantar Gateway API's session, word for word, and the panelist's click"
call 200 POST "$CREATION" "$PANEL_KEY" "$(survey_session)"
START=$(read_json .url)
call 302 GET "$START" ''
case $LOCATION in https://survey-platform.com/survey/e9790abf\?t=*) ;; *) fail "the click led to $LOCATION" ;; esac

step 'a panelist who does not fit is refused, with the reason'
call 400 POST "$CREATION" "$PANEL_KEY" '{"panelist_id": "123457", "panelist_profile": {"age": 41}}'

step 'a match offers the same plan'
offered() {
  call 200 POST /v1/surveys/match "$PANEL_KEY" \
    '{"panelist_id": "123458", "country": "USA", "profile": {"age": 22, "sex": "male"}, "connections": ["gateway"], "limit": 200}'
  [ "$(read_json ".offers.some((one) => one.provider_survey_id === '$PLAN')")" = true ]
}
# matching follows the catalogue within a second
until_true offered || fail "$PLAN is not offered"

step "the PureSpectrum Supply API: ten completes are reserved for this panel"
# the allocation changes the plan, so the feed shows it again: set it after the feed was read
call 200 PUT "/v1/plans/$PLAN/policy" "$BUYER_KEY" "{\"allocations\": {\"$PANEL\": 10}}"
call 200 GET "/suppliers/v2/surveys/$SURVEY" "$PANEL_KEY" '' access-token
same 'what is needed' "$(read_json .survey.supplier_completes.needed)" 30
same 'what is guaranteed' "$(read_json .survey.supplier_completes.guaranteed_allocation)" 10
call 200 GET '/suppliers/v2/surveys?survey_status=22' "$PANEL_KEY" '' access-token

step 'the buyer closes the plan: the feed shows it as closed'
call 200 PATCH "/survey-plans/$PLAN" "$BUYER_KEY" '{"status": "CLOSED"}'
heard_closed() {
  call 200 GET /surveys "$PANEL_KEY"
  [ "$(read_json ".find((one) => one.survey_plan.id === '$SURVEY')?.survey_plan.status ?? ''")" = CLOSED ]
}
until_true heard_closed || fail "the feed does not say that $SURVEY is closed"

printf '\nAll as the seeds say.\n'
