/* SPDX-License-Identifier: MIT */
#include "questions.h"

/* Nanoseconds as milliseconds; a share of a whole in percent. */
#define MS(ns)             "round((" ns ") / 1e6, 3)"
#define PERCENT(of, whole) "round(100.0 * (" of ") / nullif(" whole ", 0), 1)"

/* The largest part of an exchange's time, by its name. */
#define PARTS                                                                                                          \
    "max(spent_request_ns, spent_server_ns, spent_slow_start_ns, spent_cwnd_limited_ns, spent_rwnd_limited_ns,"        \
    " spent_recovery_ns, spent_rto_wait_ns, spent_nagle_ns, spent_path_ns)"
#define MOSTLY                                                                                                         \
    "CASE " PARTS " WHEN spent_server_ns THEN 'server' WHEN spent_path_ns THEN 'path' WHEN spent_slow_start_ns"        \
    " THEN 'slow_start' WHEN spent_request_ns THEN 'request' WHEN spent_recovery_ns THEN 'recovery' WHEN"              \
    " spent_rto_wait_ns THEN 'rto_wait' WHEN spent_cwnd_limited_ns THEN 'cwnd_limited' WHEN spent_rwnd_limited_ns"     \
    " THEN 'rwnd_limited' WHEN spent_nagle_ns THEN 'nagle' END"

const struct capan_question capan_questions[] = {
    {"closed_first", "Who closes connections first, and how?",
     "SELECT server, connection_close AS closed, count(*) AS connections, sum(exchanges) AS exchanges,"
     " " MS("avg(connection_half_close_ns)") " AS mean_half_close_ms, " MS(
         "avg(duration_ns)") " AS mean_duration_ms"
                             " FROM connections GROUP BY server, connection_close ORDER BY connections DESC, server, "
                             "closed"},
    {"wasted_by_host", "Which hosts send what their clients have?",
     "SELECT authority AS host, count(*) AS exchanges, sum(http_outcome = 'unchanged-resent') AS resent,"
     " coalesce(sum(http_wasted), 0) AS wasted, sum(status = 304) AS not_modified, coalesce(sum(http_saved), 0) AS "
     "saved,"
     " " PERCENT("coalesce(sum(http_wasted), 0)",
                 "coalesce(sum(response_body_len), 0)") " AS wasted_percent"
                                                        " FROM exchanges GROUP BY authority HAVING "
                                                        "coalesce(sum(http_wasted), 0) > 0 ORDER BY wasted DESC, host"},
    {"resends_by_cause", "Why are segments sent again, and how long does that take?",
     "SELECT tcp_kind AS kind, coalesce(tcp_cause, '') AS cause, count(*) AS segments, sum(len) AS octets,"
     " count(DISTINCT capture || ' ' || stream) AS connections, " MS(
         "avg(tcp_rto_ns)") " AS mean_timeout_ms,"
                            " (SELECT sentence FROM tokens WHERE table_name = 'segments' AND column_name = 'tcp_kind' "
                            "AND token = tcp_kind)"
                            " AS meaning FROM segments WHERE tcp_kind IN (SELECT token FROM tokens WHERE table_name = "
                            "'segments' AND again)"
                            " GROUP BY tcp_kind, tcp_cause ORDER BY segments DESC, kind, cause"},
    {"slow_exchanges", "Which exchanges take longest, and where does their time go?",
     "SELECT capture, request_frame AS frame, method, authority AS host, target, status,"
     " " MS("duration_ns") " AS ms, " MOSTLY " AS mostly, " PERCENT(
         PARTS,
         "duration_ns") " AS percent,"
                        " " MS("spent_server_ns") " AS server_ms, " MS(
                            "spent_path_ns") " AS path_ms,"
                                             " " MS(
                                                 "spent_recovery_ns + spent_rto_wait_ns") " AS losses_ms,"
                                                                                          " " MS(
                                                                                              "coalesce(before_connect_"
                                                                                              "ns, 0) + "
                                                                                              "coalesce(before_tls_ns, "
                                                                                              "0)") " AS handshakes_ms"
                                                                                                    " FROM exchanges "
                                                                                                    "WHERE duration_ns "
                                                                                                    "NOT NULL ORDER BY "
                                                                                                    "duration_ns DESC"},
    {"due_304", "Which responses should have been a 304?",
     "SELECT capture, response_frame AS frame, authority AS host, target, status, http_wasted AS wasted,"
     " http_reason AS reason, http_certainty AS certainty, http_validator_in AS validator_frame, explain_"
     " FROM exchanges WHERE http_outcome = 'unchanged-resent' ORDER BY http_wasted DESC, capture, frame"},
    {"stale_validators", "Which clients ask with a validator that is not of their newest copy?",
     "SELECT capture, request_frame AS frame, client, authority AS host, target, http_provenance AS provenance,"
     " http_validator_in AS validator_frame, http_known_in AS newest_frame, http_outcome AS outcome"
     " FROM exchanges WHERE http_provenance IN ('seen-older', 'other-variant', 'other-resource', 'transformed')"
     " ORDER BY capture, frame"},
    {"long_round_trips", "Which connections have the longest round trips?",
     "SELECT capture, stream, client, server, " MS(
         "connection_rtt_ns") " AS handshake_ms,"
                              " " MS("s2c_rtt_min_ns") " AS to_client_min_ms, " MS(
                                  "s2c_rtt_mean_ns") " AS to_client_mean_ms,"
                                                     " " MS("s2c_rtt_max_ns") " AS to_client_max_ms, " MS(
                                                         "c2s_rtt_min_ns") " AS to_server_min_ms,"
                                                                           " " MS("c2s_rtt_mean_ns") " AS "
                                                                                                     "to_server_mean_"
                                                                                                     "ms, " MS(
                                                                                                         "c2s_rtt_max_"
                                                                                                         "ns") " AS "
                                                                                                               "to_"
                                                                                                               "server_"
                                                                                                               "max_ms"
                                                                                                               " FROM "
                                                                                                               "connect"
                                                                                                               "ions "
                                                                                                               "WHERE "
                                                                                                               "connect"
                                                                                                               "ion_"
                                                                                                               "rtt_ns "
                                                                                                               "NOT "
                                                                                                               "NULL "
                                                                                                               "OR "
                                                                                                               "s2c_"
                                                                                                               "rtt_"
                                                                                                               "mean_"
                                                                                                               "ns NOT "
                                                                                                               "NULL "
                                                                                                               "OR "
                                                                                                               "c2s_"
                                                                                                               "rtt_"
                                                                                                               "mean_"
                                                                                                               "ns NOT "
                                                                                                               "NULL"
                                                                                                               " ORDER "
                                                                                                               "BY "
                                                                                                               "coalesc"
                                                                                                               "e("
                                                                                                               "connect"
                                                                                                               "ion_"
                                                                                                               "rtt_ns,"
                                                                                                               " coales"
                                                                                                               "ce(s2c_"
                                                                                                               "rtt_"
                                                                                                               "mean_"
                                                                                                               "ns, 0) "
                                                                                                               "+ "
                                                                                                               "coalesc"
                                                                                                               "e(c2s_"
                                                                                                               "rtt_"
                                                                                                               "mean_"
                                                                                                               "ns, "
                                                                                                               "0)) "
                                                                                                               "DESC"},
    {"violations", "Who violates which section, and where first?",
     "SELECT e.authority AS host, v.value AS violation, t.severity, t.section, count(*) AS exchanges,"
     " min(e.capture) AS capture, min(coalesce(e.response_frame, e.request_frame)) AS first_frame, t.sentence"
     " FROM exchanges AS e, json_each(e.http_violation) AS v JOIN tokens AS t ON t.table_name = 'exchanges'"
     " AND t.column_name = 'http_violation' AND t.token = v.value"
     " GROUP BY e.authority, v.value ORDER BY exchanges DESC, host, violation"},
    {"advice", "What could be better, and at which hosts?",
     "SELECT v.value AS advice, e.authority AS host, count(*) AS exchanges, coalesce(sum(e.http_wasted), 0) AS wasted, "
     "t.section,"
     " t.sentence FROM exchanges AS e, json_each(e.http_advice) AS v JOIN tokens AS t ON t.table_name = 'exchanges'"
     " AND t.column_name = 'http_advice' AND t.token = v.value"
     " GROUP BY v.value, e.authority ORDER BY exchanges DESC, advice, host"},
    {"held_back", "What held connections back?",
     "SELECT connection_limit AS limited_by, count(*) AS connections, sum(c2s_bytes + s2c_bytes) AS octets,"
     " " MS("sum(duration_ns)") " AS duration_ms, " PERCENT(
         "count(*)", "(SELECT count(*) FROM connections)") " AS percent FROM connections GROUP BY connection_limit "
                                                           "ORDER BY octets DESC"},
    {"refused", "Which servers refuse connections, do not answer, or reset them?",
     "SELECT server, connection_open AS opened, connection_close AS closed, count(*) AS connections,"
     " count(DISTINCT client) AS clients, min(capture) AS capture, min(first_frame) AS first_frame FROM connections"
     " WHERE connection_open IN ('refused', 'unanswered') OR connection_close IN ('client-rst', 'server-rst')"
     " GROUP BY server, connection_open, connection_close ORDER BY connections DESC, server"},
    {"slow_pages", "Which pages take longest, and for how many round trips?",
     "SELECT capture, page, url, " MS(
         "duration_ns") " AS ms, requests, connections, handshakes, round_trips,"
                        " confirming, saved, wasted, explain_ FROM pages ORDER BY duration_ns DESC"},
};
const size_t capan_question_count = sizeof capan_questions / sizeof *capan_questions;
