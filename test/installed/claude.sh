#!/bin/sh
# A fake Claude Code: signed in, answers one question with `--output-format stream-json` events.
case "$1 $2" in
  '--version '*) echo '2.1.197 (Claude Code)'; exit ;;
  'auth status') exit ;;
esac
question=$(cat)
say() { printf '%s\n' "$1"; }
case "$question" in
  *test*) answer='The cart adds prices as floating-point numbers: 19.99 becomes 19.990000000000002. Count in cents.' ;;
  *) answer='Paris.' ;;
esac
say '{"type":"system","subtype":"init","session_id":"24fde9bb-99a4-4537-9b99-c3f0f4d141ce"}'
say "{\"type\":\"assistant\",\"session_id\":\"24fde9bb-99a4-4537-9b99-c3f0f4d141ce\",\"message\":{\"id\":\"msg_1\",\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"$answer\"}]}}"
say '{"type":"result","subtype":"success","is_error":false,"session_id":"24fde9bb-99a4-4537-9b99-c3f0f4d141ce","result":""}'
