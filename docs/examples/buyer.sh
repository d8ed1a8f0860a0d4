#!/usr/bin/env bash
# A buyer (demand partner) at work: the Kantar Gateway API's Demand API, the policy of a plan, and the PureSpectrum Buy API's templates.
# Run `npm start`, then ./docs/examples/buyer.sh
set -euo pipefail
. "$(dirname "$0")/lib.sh"

step 'the targeting questions and the panels'
call 200 GET '/targeting-attributes?country=USA' "$BUYER_KEY"
call 200 GET "/targeting-panels?country=USA&panel=$PANEL" "$BUYER_KEY"

step "the Kantar Gateway API's survey plan, word for word except for its finish date, which has passed"
call 201 POST /survey-plan "$BUYER_KEY" "$(survey_plan '{"start": 16, "end": 21}' demand-partner-quota-id)"
PLAN=$(read_json .id)
call 200 GET "/survey-plans/$PLAN" "$BUYER_KEY"
same 'the status' "$(read_json .survey_plan.status)" OPEN
same 'what is available' "$(read_json .available_completes.survey)" 30
same 'the quota' "$(read_json '.available_completes.quotas["demand-partner-quota-id"]')" 30
same 'what the buyer wrote' "$(read_json .survey_plan.survey_url)" https://survey-platform.com/survey/e9790abf

step 'one answer lists every fault of a request'
call 400 POST /survey-plan "$BUYER_KEY" '{"country": "USX", "estimated_loi": 1.5}'
call 401 GET "/survey-plans/$PLAN" nobody
call 404 GET "/survey-plans/$PLAN" "$OTHER_BUYER_KEY"

step 'the policy of the plan: up to five completes beyond the target are paid, ten are allocated to the panel'
call 200 PUT "/v1/plans/$PLAN/policy" "$BUYER_KEY" \
  "{\"overage\": 5, \"flexibility_percent\": 25, \"allocations\": {\"$PANEL\": 10}}"
call 200 GET "/v1/plans/$PLAN/policy" "$BUYER_KEY"

step 'pause a quota, pause the plan, open them again'
call 200 PATCH "/survey-plans/$PLAN/quotas/demand-partner-quota-id" "$BUYER_KEY" '{"status": "PAUSED"}'
call 200 PATCH "/survey-plans/$PLAN" "$BUYER_KEY" '{"status": "PAUSED"}'
call 200 PATCH "/survey-plans/$PLAN/quotas/demand-partner-quota-id" "$BUYER_KEY" '{"status": "OPEN"}'
call 200 PATCH "/survey-plans/$PLAN" "$BUYER_KEY" '{"status": "OPEN"}'

step 'a plan is deleted once it is closed'
call 400 DELETE "/survey-plans/$PLAN" "$BUYER_KEY"
call 200 PATCH "/survey-plans/$PLAN" "$BUYER_KEY" '{"status": "CLOSED"}'
call 204 DELETE "/survey-plans/$PLAN" "$BUYER_KEY"
call 404 GET "/survey-plans/$PLAN" "$BUYER_KEY"

step "a template, as in the PureSpectrum Buy API's list"
call_template() { call "$1" "$2" "$3" "$BUYER_KEY" "${4-}" access-token; }
call '20[01]' PUT /v1/templates/26 "$BUYER_KEY" '{
  "folder": "CA-en", "name": "Province qual", "title": "Template - Non US countries", "visibility": "own",
  "survey": { "survey_category_code": 232, "survey_localization": "en_CA", "completes_required": 100 }
}'
call_template 200 GET '/buyers/v2/templates?UI=0'
call_template 200 GET '/buyers/v2/templates?UI=1'

# the PureSpectrum Buy API's survey, word for word except for the template's id
survey_from_template() {
  cat <<EOF
{
  "survey_title": "Some survey check - FOLDER 4 ",
  "click_balancing": 0,
  "estimated_clicks": 0,
  "survey_category_code": 232,
  "survey_localization": "en_US",
  "completes_required": 20,
  "expected_ir": 50,
  "expected_loi": 5,
  "field_time": 23,
  "source": "platform",
  "buyer_user_id": 51,
  "buyer_company": 145,
  "template_id": $1,
  "qualifications": [
    { "qualification_name": "Gender", "qualification_code": 211, "condition_codes": ["111"], "condition_names": [{ "111": "Male" }] },
    { "qualification_name": "Age", "qualification_code": 212, "range_sets": [{ "from": 18, "to": 99, "units": 311 }] }
  ],
  "quotas": [
    {
      "buyer_quota_id": "6FLMpfWu9rzNmW9",
      "required_count": 10,
      "flexible": { "enable": true, "value": 0 },
      "criteria": [{ "qualification_name": "Gender", "qualification_code": 211, "condition_codes": ["111"], "condition_names": ["Male"] }],
      "percentage": 100,
      "maximum": 10,
      "minimum": 10,
      "quota_category": "layered",
      "current_target": 10
    }
  ]
}
EOF
}

step 'a survey from the template is a draft; it is refused without the feature and for an unknown template'
call 403 POST /buyers/v2/surveys "$OTHER_BUYER_KEY" "$(survey_from_template 100)" access-token
same 'the code' "$(read_json .ps_api_response_code)" 1018
call_template 404 POST /buyers/v2/surveys "$(survey_from_template 100)"
same 'the code' "$(read_json .ps_api_response_code)" 1006
call_template 200 POST /buyers/v2/surveys "$(survey_from_template 26)"
SURVEY_ID=$(read_json .ps_survey_id)
same 'the draft' "$(read_json .ps_survey_status)" 11
same 'what the request says, not the template' "$(read_json .survey_localization)" en_US

step 'it is launched as a survey plan, and closed'
call_template 200 PUT "/buyers/v2/surveys/$SURVEY_ID" \
  "{\"live_url\": \"https://survey-platform.com/survey/e9790abf\", \"offer_price\": 2.5, \"currency\": \"USD\", \"panels\": [\"$PANEL\"], \"ps_survey_status\": 22}"
same 'the survey' "$(read_json .ps_survey_status)" 22
call_template 200 PUT "/buyers/v2/surveys/$SURVEY_ID" '{"ps_survey_status": 44}'
call_template 200 GET "/buyers/v2/surveys/$SURVEY_ID"
same 'the survey' "$(read_json .ps_survey_status)" 44

printf '\nAll as the seeds say.\n'
