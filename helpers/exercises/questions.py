"""One question per exercise. It ends the verdict on a wrong answer unless the verdict already contains a question."""

QUESTIONS = {
    "00.first": "Which two numbers should you multiply?",
    "00.partial": "If y is a constant, what is the derivative of x³ times that constant?",
    "00.uphill": "How much does each of the two variables change in this step, and how does that affect the cost?",
    "00.nudge": "What does w contain when the function is called?",
    "00.product": "Which row of the matrix gives which number of the result?",
    "00.shape": "Along which axis is each of the two arrays stretched?",
    "01.error": "What is the derivative of ½ (z − y)² with respect to z, including its sign?",
    "01.weights": "Along which path does each weight affect the cost?",
    "01.slope": "Which two points do you compare, and how far apart are they?",
    "01.gradients": "In which line is the mean over the examples taken, and which quantities inherit it?",
    "01.train": "What should happen in every step, and in which order?",
    "02.slope": "What is σ(0), and what does the formula for σ′ give for it?",
    "02.cost": "What is the output of the network at z = 0, and which term of the cost is left for y = 1?",
    "02.tanh": "What does the quotient rule give after you simplify it?",
    "02.safe": "Which form of the logarithm needs neither a huge exponential nor the logarithm of 0?",
    "02.gradients": "What is ∂J/∂Z for cross-entropy after everything has cancelled?",
    "03.shape": "What do the rows and the columns of W[2] stand for?",
    "03.biases": "Which units add a bias?",
    "03.unit": "What does each of the two paths contribute?",
    "03.layer": "Which shape should each gradient have, and what is it summed over?",
    "03.backward": "Which line of the backward pass depends on the activation?",
    "04.parameters": "How many weights and how many biases does each layer add?",
    "04.step": "What are the two steps from dZ of a layer to dZ of the layer before it?",
    "04.forward": "What does each layer compute, and what is different about the last one?",
    "04.backward": "What does each layer need from the layer after it?",
    "04.update": "In which direction does a step go, and how far?",
    "04.train": "What should be computed again in every step?",
    "05.passes": "How many times must the cost be computed for one parameter?",
    "05.error": "How long is 2q − q, and what do the lengths of 2q and q add up to?",
    "05.distance": "Which lengths belong in the numerator, and which in the denominator?",
    "05.numerical": "Which entry is nudged, by how much, and what stays the same?",
    "05.bugs": "What is done to dW[3] that is not done to db[3]?",
    "06.flat": "How many pixels are there, and how many numbers does each of them have?",
    "06.flatten": "What does one row contain, and between which limits do its numbers lie?",
    "06.error": "What comes back from the layer after this one, and where does ReLU let it through?",
    "06.mean": "What does one example contribute, and how do you get the mean over all examples?",
    "06.baseline": "How many images does this answer get right, out of how many?",
    "06.interval": "What is under the square root, and what is in front of it?",
    "07.spread": "What is the variance of one term, and how many terms are added?",
    "07.he": "Which of the two numbers is the number of terms in z, and what does the rule give for it?",
    "07.start": "Which variance should the weights have, and how does a factor change a standard deviation?",
    "07.slopes": "What is the largest value of the slope, and how often does it occur as a factor?",
    "07.sizes": "What is done to each entry, and in which order do the mean and the root follow?",
    "07.saturated": "What is compared with 0.05, and how many entries are there in total?",
    "08.byhand": "What are the three exponentials, and what is each of them divided by?",
    "08.softmax": "What can you subtract from a whole column without changing the quotient?",
    "08.onehot": "Which entry of column i must be 1?",
    "08.error": "What are the three probabilities, and what do you subtract from each of them?",
    "08.start": "What is the output of the network here, and what is the mean taken over?",
    "08.epoch": "Which examples form each batch, and from which parameters does its step start?",
    "08.momentum": "What do the two equations in the exercise say, and in which order do you need them?",
    "08.adam": "What are û and ŝ after the correction?",
    "09.twice": "What gradient does the product pass to each of its factors?",
    "09.divide": "How does a / b change with a, and how does it change with b?",
    "09.softmax": "What does the Jacobian do to g in one column?",
    "09.passes": "How many numbers can you vary in one pass, and how many are there in total?",
    "10.weighted": "How do you get from the mean over a shard back to the sum over it?",
    "10.deal": "How many examples are left over if every shard gets the same number?",
    "10.bytes": "How many weights and how many biases are there, and how many bytes does each number take?",
    "10.equal": "If K workers share the work, how long does each of them compute?",
}


def of(exercise):
    """Return the question that helps after a wrong answer, or "" for a quick question."""
    return QUESTIONS.get(exercise.name, "")


def ending(words, question):
    """Add a question to the end of a message that does not contain one."""
    return words if "?" in words or not question else f"{words} {question}"
