#!/bin/sh
# A normalizer for docket: changes A-Z to a-z. Other letters stay as they are.
#
#     normalizers:
#       - stage: process.v1
#         command: [./lowercase.sh]
#
# docket writes each request as {"id":1,"text":"..."}, without spaces between the members and with
# lowercase escapes in the text. So the whole line can be lowercased, and the result is the answer.
IFS= read -r greeting
case $greeting in
  '{"protocol":1,"role":"normalizer",'*) ;;
  *) echo '{"error":"lowercase.sh is a normalizer for protocol 1"}'; exit ;;
esac
echo '{"protocol":1,"role":"normalizer","name":"lowercase.sh"}'
# -u: sed must not wait for more requests, and must write each answer at once.
LC_ALL=C exec sed -u '
/^{"id":[0-9]*,"text":"/!{
  s/^{"id":\([0-9]*\),.*/{"id":\1,"error":"the request has no text"}/
  t
  s/.*/{"id":null,"error":"the request is not valid"}/
}
y/ABCDEFGHIJKLMNOPQRSTUVWXYZ/abcdefghijklmnopqrstuvwxyz/'
