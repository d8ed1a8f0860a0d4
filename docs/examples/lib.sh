# Shared by the examples: Tributary's address, the sandbox's keys, and `call`, which shows each request and its answer.
# They need bash, curl and node. The environment overrides each value: TRIBUTARY_API=https://… BUYER_KEY=… ./buyer.sh
API=${TRIBUTARY_API:-http://127.0.0.1:8080}
BUYER_KEY=${BUYER_KEY:-dk_test_acme}
OTHER_BUYER_KEY=${OTHER_BUYER_KEY:-dk_test_globex}
PANEL=${PANEL:-lifepoints}
PANEL_KEY=${PANEL_KEY:-tk_test_lifepoints}
PLATFORM_KEY=${PLATFORM_KEY:-pk_test_decipher}

step() { printf '\n# %s\n' "$1"; }

fail() {
  printf 'FAILED: %s\n' "$1" >&2
  exit 1
}

# call WANTED METHOD ADDRESS KEY [BODY] [KEY-HEADER]: sets $ANSWER to the answer and $LOCATION to its redirect.
# Another status than the wanted one (200, or 20[01] for either) ends the example.
call() {
  local wanted=$1 method=$2 address=$3 key=$4 body=${5-} header=${6:-x-api-key} status
  case $address in http*) ;; *) address=$API$address ;; esac
  local arguments=(-sS -X "$method" "$address" -w '\n%{http_code} %{redirect_url}')
  [ -z "$key" ] || arguments+=(-H "$header: $key")
  [ -z "$body" ] || arguments+=(-H 'content-type: application/json' -d "$body")
  printf '$ curl -X %s %s\n' "$method" "$address"
  [ -z "$body" ] || printf '%s\n' "$body"
  ANSWER=$(curl "${arguments[@]}") || fail "no answer from $API: is npm start running?"
  read -r status LOCATION <<<"${ANSWER##*$'\n'}"
  ANSWER=${ANSWER%$'\n'*}
  printf '%s %.800s%s\n' "$status" "$ANSWER" "${LOCATION:+-> $LOCATION}"
  case $status in
    $wanted) ;;
    *) fail "$method $address answered $status instead of $wanted" ;;
  esac
}

# read_json PATH: the value at a path of the answer, such as .survey_plan.status
read_json() { printf '%s' "$ANSWER" | node -p "JSON.parse(require('fs').readFileSync(0, 'utf8'))$1"; }

same() { [ "$2" = "$3" ] || fail "$1 is $2 instead of $3"; }

# until_true COMMAND…: runs it every second until it succeeds, because the feed and matching are asynchronous. It fails
# only after two minutes, because a busy machine is slow.
until_true() {
  local give_up=$((SECONDS + 120))
  until "$@"; do
    [ "$SECONDS" -lt "$give_up" ] || return 1
    sleep 1
  done
}

# The Kantar Gateway API's SurveyPlan: survey_plan AGES QUOTA-ID, such as survey_plan '{"start": 16, "end": 21}' demand-partner-quota-id
survey_plan() {
  local ages=$1 quota=$2
  cat <<EOF
{
  "survey_id": "demand-survey-plan-id",
  "categories": ["pets", "wildlife conservation"],
  "country": "USA",
  "locale": "es-US",
  "survey_url": "https://survey-platform.com/survey/e9790abf",
  "type": "interview",
  "tags": ["collects_pii", "webcam"],
  "estimated_loi": 5,
  "estimated_cr": 25,
  "estimated_ir": 80,
  "target_completes": 30,
  "survey_platform": "Decipher",
  "target_panels": [{ "name": "$PANEL" }],
  "pricing": { "cpi": 150, "unit": "fractional", "currency": "USD" },
  "additional_qualification_count": 3,
  "quotas": [
    {
      "id": "$quota",
      "qualifications": [{ "question_id": "age", "qualifying_answers": [$ages] }],
      "additional_qualification_count": 3,
      "pricing": { "cpi": 150, "unit": "fractional", "currency": "USD" },
      "target_completes": 30
    }
  ],
  "qualifications": [{ "question_id": "age", "qualifying_answers": [$ages] }],
  "resume_allowed": false,
  "group_id": "group-id",
  "project_id": "project-id",
  "contact_emails": ["email_one@email.com", "email_two@email.com", "email_three@email.com"],
  "finish_date": "$(($(date +%Y) + 1))-09-23T00:00:00.000Z",
  "device_requirements": ["desktop", "mobile"]
}
EOF
}

# The Kantar Gateway API's SurveySession.
survey_session() {
  cat <<'EOF'
{
  "panelist_id": "123456",
  "target_quota_id": "1",
  "custom_panel_data": { "internal_id": "213" },
  "panelist_profile": { "age": 22, "sex": "male", "pets": "1|2|4|7" }
}
EOF
}

# Launches a buyer's plan for people of 16 to 40. Sets $PLAN to its id and $SURVEY to its survey_id for panels.
launch_for_panel() {
  step 'a buyer launches a survey plan for people of 16 to 40'
  call 201 POST /survey-plan "$BUYER_KEY" "$(survey_plan '{"start": 16, "end": 40}' 1)"
  PLAN=$(read_json .id)
  call 200 GET '/v1/plans?limit=50' "$BUYER_KEY"
  SURVEY=$(read_json ".plans.find((one) => one.id === '$PLAN').panel_survey_id")
}

# Polls the feed until $SURVEY is in it. Sets $CREATION to its session creation URL and $ACK to the newest ack_id.
poll_until_there() {
  step 'the panel polls the feed until the plan is in it'
  until_true in_the_feed || fail "$SURVEY is not in the feed"
  ACK=$(read_json '.at(-1).ack_id')
}

in_the_feed() {
  call 200 GET /surveys "$PANEL_KEY"
  CREATION=$(read_json ".find((one) => one.survey_plan.id === '$SURVEY')?.survey_session_creation_url ?? ''")
  [ -n "$CREATION" ]
}
