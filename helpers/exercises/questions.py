"""One question per exercise, to end the verdict on a wrong answer if there is no better one."""

QUESTIONS = {
    "00.first": "Which two numbers are multiplied?",
    "00.partial": "With y held still, what is the derivative of x³ times a fixed number?",
    "00.uphill": "How much does each of the two variables change in this step, and what does each change cost?",
    "00.nudge": "What does w hold at the moment of the call?",
    "00.product": "Which row of the matrix makes which number of the result?",
    "00.shape": "Along which axis is each of the two arrays stretched?",
    "01.error": "What is the derivative of ½ (z − y)² with respect to z, sign included?",
    "01.weights": "Along which path does each weight act on the cost?",
    "01.slope": "Which two points are compared, and how far apart are they?",
    "01.gradients": "In which line is the mean over the examples taken, and what inherits it?",
    "01.train": "What must happen in every step, and in which order?",
    "02.slope": "What is σ(0), and what does the formula for σ′ make of it?",
    "02.cost": "What does the network answer at z = 0, and which term of the cost is left for y = 1?",
    "02.tanh": "What does the quotient rule give, once it is simplified?",
    "02.safe": "Which form of the logarithm needs neither a huge exponential nor the logarithm of 0?",
    "02.gradients": "What is ∂J/∂Z for cross-entropy, once everything has cancelled?",
    "03.shape": "What do the rows and the columns of W[2] stand for?",
    "03.biases": "Which units add a bias?",
    "03.unit": "What does each of the two paths contribute?",
    "03.layer": "Which shape should each gradient have, and over what is it summed?",
    "03.backward": "Which line of the way back depends on the activation?",
    "04.parameters": "How many weights and how many biases does each layer add?",
    "04.step": "What are the two steps from dZ of a layer to dZ of the layer before?",
    "04.forward": "What does each layer compute, and what does the last one do differently?",
    "04.backward": "What does each layer need from the layer after it?",
    "04.update": "In which direction does a step go, and how far?",
    "04.train": "What must be computed anew in every step?",
    "05.passes": "How often is the cost worked out for one parameter?",
    "05.error": "How long is 2q − q, and how long are 2q and q together?",
    "05.distance": "Which lengths stand above the line, and which below?",
    "05.numerical": "Which entry is nudged, by how much, and what stays as it is?",
    "05.bugs": "What is done to dW[3] that is not done to db[3]?",
    "06.flat": "How many pixels are there, and how many numbers does each hold?",
    "06.flatten": "What does one row hold, and between which numbers?",
    "06.error": "What comes back from the layer after, and where does ReLU let it through?",
    "06.mean": "What does one example contribute, and what makes a mean of all?",
    "06.baseline": "How many of how many pictures does it get right?",
    "06.interval": "What stands under the root, and what before it?",
    "07.spread": "What is the variance of one term, and how many terms are added up?",
    "07.he": "Which of the two numbers is summed over in z, and what does the rule make of it?",
    "07.start": "Which variance should the weights get, and what does a factor do to a standard deviation?",
    "07.slopes": "How large is the largest slope, and how often does it come in?",
    "07.sizes": "What is done to each entry, and in which order do the mean and the root follow?",
    "07.saturated": "What is compared with 0.05, and of how many entries is the share taken?",
    "08.byhand": "What are the three exponentials, and by what is each divided?",
    "08.softmax": "What may be taken away from a whole column without changing the quotient?",
    "08.onehot": "Which entry of column i must be 1?",
    "08.error": "What are the three probabilities, and what is subtracted from each?",
    "08.start": "What is the answer of the network here, and over what is the mean taken?",
    "08.momentum": "What do the two lines of the prompt say, in their order?",
    "08.adam": "What are m̂ and v̂ after the correction?",
    "09.twice": "What does the product hand to each of its factors?",
    "09.divide": "How does a / b change with a, and how with b?",
    "09.softmax": "What does the Jacobian make of g, in one column?",
    "09.passes": "How many numbers can move in one pass, and how many are there?",
    "10.weighted": "How do you get from the mean over a shard back to the sum over it?",
    "10.deal": "How many examples are left over when every shard has got the same number?",
    "10.bytes": "How many weights and how many biases are there, and how many bytes has a number?",
    "10.equal": "How long does each of K workers compute?",
}


def of(exercise):
    """The question that helps after a wrong answer; "" for a quick question."""
    return QUESTIONS.get(exercise.name, "")


def ending(words, question):
    """Add a question to a message that does not contain one."""
    return words if "?" in words or not question else f"{words} {question}"
