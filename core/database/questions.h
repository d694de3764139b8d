/* SPDX-License-Identifier: MIT */
/* What a database is asked most: its views. */
#ifndef QUESTIONS_H
#define QUESTIONS_H

#include <stddef.h>

struct capan_question {
    const char *name, *question; /* of the view; for people */
    const char *answer;          /* SQL */
};
extern const struct capan_question capan_questions[];
extern const size_t capan_question_count;

#endif
