"""Descriptions of mistakes in the reader's code, by kind (see `edits`), each with a question that helps further.

{piece} is the part of the reader's code at fault, {line} the line that contains it, {call} the called function.
"""

WORDS = {
    "early_return": (
        "{line} comes too early: it is inside the loop",
        "How many passes should the loop make before the function returns?",
    ),
    "no_return": ("The result is computed but not returned: {line}", "How does the caller get it?"),
    "copy": ("{line} writes into an array that the caller still needs", "How do you make a new array instead?"),
    "swapped": ("The two parts of {piece} are in the wrong order", "Which of them is wanted first?"),
    "swapped_index": ("The two entries of {piece} are in the wrong order", "What does each axis of the array count?"),
    "sign": ("The sign is wrong in {piece}", "What is subtracted from what, and does this term add or take away?"),
    "index": (
        "The index in {piece} is off",
        "Write it out for the first pass: which entry does it take, and which one is wanted?",
    ),
    "range": (
        "{piece} does not run through the right numbers",
        "What are its first and its last value, and what should they be?",
    ),
    "axis": (
        "The axis in {piece} is wrong",
        "What does each axis of this array count, and over which one should it run?",
    ),
    "no_axis": (
        "{piece} takes the whole array at once",
        "What does each axis count, and over which one should it run?",
    ),
    "keepdims": ("{piece} leaves an array of the wrong shape", "Which shape is wanted, and does an axis get lost?"),
    "order_of_arguments": (
        "The arguments in {piece} are in the wrong order",
        "Which one does the function that is called expect first?",
    ),
    "count": ("{piece} is not the number that is wanted", "What does it count, and what should be counted?"),
    "name": ("{piece} is not the quantity that belongs there", "Which one does the formula take?"),
    "function": ("{piece} is not the function that belongs there", "Which one does the formula ask for?"),
    "reduction": ("{piece} is not the right way to sum up", "Is a sum wanted, a mean, a largest value or a length?"),
    "upside_down": (
        "In {piece} something multiplies that should divide, or the other way round",
        "What does the formula say?",
    ),
    "order_of_product": (
        "The factors of {piece} are in the wrong order",
        "Which shape should the product have: what do its rows count, and what its columns?",
    ),
    "transpose": ("{piece} is transposed, and should not be", "What do its rows count without that?"),
    "no_transpose": (
        "{piece} has its rows and columns the wrong way round",
        "What does each of its axes count, and where must it go?",
    ),
    "parentheses": (
        "The operations in {piece} are done in the wrong order",
        "What is computed first, and what should be?",
    ),
    "comparison": (
        "The condition {piece} is not right",
        "For which values should it hold? Try the one on the border.",
    ),
    "extra_call": ("{call} changes the result", "What happens without it, and does the formula ask for it?"),
    "extra_exponent": ("The power in {piece} is too much", "Where is the square in the formula?"),
    "extra": ("{piece} is too much here", "Where does it belong in the formula, and is it there already?"),
    "statement_order": (
        "{line} comes at the wrong moment",
        "Which values are old at that point, and which are new already?",
    ),
    "extra_statement": ("{line} spoils the result", "What does it change, and does the formula want that?"),
    "in_loop": ("{line} is outside the loop", "Should it run once, or in every pass?"),
    "out_of_loop": ("{line} is inside the loop", "Should it run in every pass, or once?"),
    "accumulated": ("{line} adds to what is there already", "Should the value be added to, or replaced?"),
    "overwritten": (
        "{line} replaces what was there before, in every pass",
        "Should the value be replaced, or added to?",
    ),
    "guard": ("{line} must not run in every pass", "In which one does it ask for something that does not exist?"),
    "power": ("`^` is no power in Python, but the exclusive or of two whole numbers", "How is a power written?"),
    "wrong_factor": ("In {piece} the wrong one of the two is transposed", "Which shape should the product have?"),
    "wrong_return": ("{line} hands back the wrong quantities", "Which two does the exercise ask for?"),
    "comma": ("There is a comma in {piece} where nothing should be listed", "What should be done with the two?"),
    "outside": (
        "{piece} is no argument of the function: it comes from elsewhere in the notebook",
        "Which of the arguments should take its place, or what can be counted in them?",
    ),
    "square_inside": (
        "In {piece} the square is taken first, and the function afterwards",
        "Which comes first in the formula?",
    ),
    "root": ("A root is missing at {piece}", "What is the unit of that, and what should it be?"),
    "square": ("A square is missing at {piece}", "Where is the square in the formula?"),
    "size": ("At {piece} positive and negative values must count alike", "What does the sign do to the result here?"),
    "exp": ("An exponential is missing at {piece}", "Where is it in the formula?"),
    "log": ("A logarithm is missing at {piece}", "Where is it in the formula?"),
    "complement": (
        "{piece} is not the share that is wanted, but the rest of 1",
        "Which of the two does the formula take?",
    ),
    "no_function": ("A function is missing around {piece}", "Through what does this value have to go at that point?"),
    "extra_sum": ("{piece} sums up where nothing should be summed up", "Which shape is wanted there?"),
    "not_summed": ("{piece} is not summed up", "Over what must it be added, and which shape is wanted?"),
    "no_mean": ("A division is missing at {piece}", "Over what should a mean be taken?"),
    "no_factor": ("A factor is missing at {piece}", "Which argument of the function should take part there?"),
    "hard_coded": ("{piece} is a fixed number", "Of what should it depend, so that other arguments work as well?"),
    "number": ("The number {piece} is not right", "Where does it come from in the formula?"),
    "operation": ("The operation in {piece} is not the right one", "How are the two joined in the formula?"),
    "no_term": ("Something is missing beside {piece}", "Which quantity has not been used there?"),
    "no_two": ("A 2 is missing at {piece}, above or below", "Where does it come from in the formula?"),
    "product_*": (
        "In {piece}, `*` multiplies entry by entry",
        "Is that what the formula asks for, or a product that sums over an inner axis?",
    ),
    "product_@": (
        "In {piece}, `@` is the matrix product, which sums over the inner axis",
        "Is that what the formula asks for, or a product entry by entry?",
    ),
    "uncalled": ("{piece} makes a function and does not call it", "At which point is its value wanted?"),
    "whole_shape": ("{piece} is the tuple of all sizes", "Which of them is wanted there?"),
    "early_mean": (
        "{piece} averages over all entries at once",
        "Which of them must stay apart until later, and by what is to be divided?",
    ),
    "carried": (
        "What {line} sets before the loop is carried on from pass to pass",
        "What should be kept for the next pass, and what computed anew?",
    ),
    "masked": (
        "{piece} keeps only the entries for which the condition holds",
        "What should stand in the place of the others?",
    ),
    "rows_only": ("{piece} runs over the rows only", "How many entries are there, and how are all of them reached?"),
    "floor": ("`//` in {piece} cuts off everything behind the point", "Which division keeps it?"),
}
