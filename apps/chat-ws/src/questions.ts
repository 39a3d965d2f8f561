// Questions that are asked in one turn of the event loop share one call. It must not know what is asked.

/**
 * @param askedMax questions that one call may hold
 * @param askAll answers in the order of the questions
 */
export function createQuestions<Q, A>(
  askedMax: number,
  askAll: (questions: Q[]) => Promise<A[]>,
): (question: Q) => Promise<A> {
  let open: { questions: Q[]; answers: Promise<A[]> } | undefined;

  function begin() {
    const questions: Q[] = [];
    return { questions, answers: askLater(questions) };
  }

  async function askLater(questions: Q[]) {
    await new Promise(setImmediate);
    if (open?.questions === questions) open = undefined;
    return askAll(questions);
  }

  return async (question) => {
    if (!open || open.questions.length >= askedMax) open = begin();
    const { questions, answers } = open;
    const place = questions.push(question) - 1;
    return (await answers)[place]!;
  };
}
