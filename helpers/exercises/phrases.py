"""Descriptions of the mistakes found in the reader's code, by kind (see `edits`), each with a question for the reader.

In these texts, {piece} is the incorrect part of the reader's code, {line} is the line that contains it, and {call} is
the function that is called.
"""

WORDS = {
    "early_return": (
        "{line} comes too early because it is inside the loop",
        "How many iterations should the loop make before the function returns?",
    ),
    "early_stop": ("{line} may end the loop too early", "How many iterations should the loop make?"),
    "whole_target": (
        "{line} changes the whole array in every iteration",
        "Which of its entries should this iteration change?",
    ),
    "no_return": ("The result of {line} is computed but not returned", "How can the caller get it?"),
    "not_replaced": (
        "Every iteration starts from the same values, because {line} stores the new ones under other names",
        "From which values should the next iteration start?",
    ),
    "other_target": (
        "{line} stores its result under a name that is never used",
        "Which variable should hold the new value in the next iteration?",
    ),
    "copy": (
        "{line} changes values in place although they are still needed",
        "How can you store the new values separately instead?",
    ),
    "detached": (
        "{piece} makes a copy, so writing into it leaves the original unchanged",
        "Which array should be changed?",
    ),
    "exchanged": (
        "The variables in {piece} have been swapped",
        "What does each of them hold, and which one does each line need?",
    ),
    "as_is": ("{piece} is needed unchanged, but {line} uses a modified version", "What has already been done to it?"),
    "doubled": ("{piece} doubles a value that should be squared", "How is a square written?"),
    "swapped": ("The two parts of {piece} are in the wrong order", "Which of them should come first?"),
    "swapped_index": ("The two entries of {piece} are in the wrong order", "What does each axis of the array count?"),
    "sign": ("The sign is wrong in {piece}", "What is subtracted from what, and is this term positive or negative?"),
    "index": ("The index in {piece} is off", "Which entry does it select, and which one should it select?"),
    "range": (
        "{piece} does not run through the right numbers",
        "What are its first and last values, and what should they be?",
    ),
    "axis": (
        "The axis in {piece} is wrong",
        "What does each axis of this array count, and which one should the operation run along?",
    ),
    "needless_axis": (
        "In {piece}, the operation runs along only one axis",
        "Over which entries of the array should it run?",
    ),
    "no_axis": (
        "{piece} combines all entries of the array",
        "What does each axis count, and which one should the operation run along?",
    ),
    "keepdims": ("{piece} gives an array of the wrong shape", "Which shape do you need, and has an axis been lost?"),
    "order_of_arguments": (
        "The arguments in {piece} are in the wrong order",
        "Which argument does the called function expect first?",
    ),
    "count": ("{piece} is not the right number", "What does it count, and what should be counted?"),
    "rows": ("{piece} counts only the rows", "How many entries does the whole array have?"),
    "name": ("{piece} is not the right quantity", "Which quantity does the formula contain?"),
    "function": ("{piece} is not the right function", "Which function does the formula contain?"),
    "reduction": (
        "{piece} is not the right way to combine the entries",
        "What does the formula do with these entries?",
    ),
    "multiplied": ("{piece} multiplies where it should divide", "What does the formula divide by?"),
    "divided": ("{piece} divides where it should multiply", "What does the formula divide by?"),
    "left_to_right": (
        "In {piece}, Python works from left to right: it divides first and then multiplies by the last factor",
        "Which factors belong in the denominator, and how can you keep them together?",
    ),
    "flipped": ("The fraction {piece} is upside down", "What belongs in the numerator, and what in the denominator?"),
    "misplaced": (
        "In {piece}, a factor is on the wrong side of the fraction",
        "Which factors does the formula multiply by, and which does it divide by?",
    ),
    "wrong_term": (
        "In {piece}, a factor is applied to the wrong term",
        "Which of the two terms does the formula multiply by this factor?",
    ),
    "other_slope": (
        "{piece} is the slope of a different activation function",
        "Which activation function do the units have here, and what is its slope?",
    ),
    "spread": (
        "In {piece}, a factor applies to both terms of a sum or difference",
        "Which of the two does it apply to in the formula?",
    ),
    "covered": (
        "In {piece}, {call} is also applied to a factor that should not be inside it",
        "Which part of the formula is the argument of this function?",
    ),
    "keys": ("In {piece}, the keys do not match the values", "Which key should each value have?"),
    "reversed": (
        "The entries of {piece} are in reverse order",
        "In which order does the loop compute them, and in which order are they needed?",
    ),
    "alias": (
        "{line} does not make a copy, only another name for the same array",
        "Which array is changed by the lines after it?",
    ),
    "whole_slice": ("{piece} selects a whole range of entries", "Which single entry should it select?"),
    "selected": (
        "{piece} selects the values themselves rather than counting them",
        "What should be counted or averaged?",
    ),
    "one_condition": ("{line} makes one decision for all entries", "How can you make a decision for each entry?"),
    "row_products": (
        "{piece} multiplies every row or column of one array by every row or column of the other",
        "Which entries belong together, and what should be added up?",
    ),
    "over_all": ("{piece} is a single value for all the entries", "Should each entry have its own value?"),
    "not_derived": ("{piece} is the square in the loss, not its derivative", "What is the derivative of a square?"),
    "square_outside": (
        "In {piece}, the square is taken after the functions are applied",
        "Which comes first in the formula?",
    ),
    "inside": (
        "In {piece}, two values are combined first, and {call} is applied only once",
        "Should the function be applied to each of them instead?",
    ),
    "late": (
        "In {piece}, the function is applied too early, before the values are combined",
        "Which of the two comes first in the formula?",
    ),
    "growing": ("{line} is still adding to a sum that the loop already uses", "What should the sum contain by then?"),
    "squared_share": ("{piece} multiplies a value by itself", "Which two different factors does the formula contain?"),
    "places": ("Two numbers in {line} have been swapped", "Where does each of them belong?"),
    "log_given": ("In the question, {piece} occurs only inside a logarithm", "Which number should be used here?"),
    "power_of_e": ("In {piece}, e is raised to a power", "In the formula, which number is raised to which power?"),
    "entries": ("{piece} has one entry too many", "How many numbers does the formula combine?"),
    "cancelling": (
        "{piece} loses most of its digits if it is the small difference between two large numbers",
        "Which differences can you square instead?",
    ),
    "product_of_means": (
        "{piece} is the product of two means or two sums",
        "What should be multiplied for each example, before anything is added up or averaged?",
    ),
    "all_pairs": (
        "{piece} multiplies every example by every other one",
        "Which columns of the two arrays belong together?",
    ),
    "subset": ("{piece} selects only part of the data", "Which examples does each step need?"),
    "cut": (
        "{piece} splits the array in the wrong place",
        "Which of its columns belong to the first result, and which to the second?",
    ),
    "swapped_functions": ("Two functions in {piece} are in the wrong order", "Which of them should be called first?"),
    "sum_of_lengths": (
        "{line} adds up the lengths of the parts",
        "How is the length of the whole array computed from all its entries?",
    ),
    "lengths": ("{piece} is a list of the parts themselves", "What does the exercise ask about each part?"),
    "no_slope": (
        "The slope of the activation function is missing from {piece}",
        "What do you multiply by on the way back from a unit's output to its input?",
    ),
    "operand": ("One of the two values in {piece} is not the right one", "Which two values does the formula combine?"),
    "order_of_product": (
        "The factors in {piece} are in the wrong order",
        "Which shape should the product have, and what do its rows and columns count?",
    ),
    "transposed_product": (
        "{piece} has its rows and columns the wrong way round",
        "Which factor should come first, and which one must then be transposed?",
    ),
    "transpose": ("{piece} is transposed but should not be", "What do its rows count without the transpose?"),
    "no_transpose": (
        "{piece} has its rows and columns the wrong way round",
        "What does each of its axes count, and which shape do you need?",
    ),
    "parentheses": (
        "The operations in {piece} are done in the wrong order",
        "Which one is done first, and which one should be?",
    ),
    "comparison": (
        "The condition {piece} is not correct",
        "For which values should it be true, and is it correct at the boundary?",
    ),
    "unconditional": (
        "The code under {line} should run every time, not only when the condition is true",
        "Why should the other iterations or values be treated differently?",
    ),
    "relative": (
        "{piece} changes the value by a fraction of itself, not by a fixed amount",
        "How far apart are the two points then, and what do you divide by?",
    ),
    "letters": (
        "The letters after the arrow in {piece} are not correct",
        "Over which letters does it sum, and which axes should the result have?",
    ),
    "collected": (
        "{line} replaces the value from the previous iteration, so only the last one is returned",
        "How can the values from all iterations be kept?",
    ),
    "one_column": ("{piece} always uses the same single column", "What do the other columns contribute?"),
    "one_entry": (
        "{piece} selects only part of the array",
        "Which part does it leave out, and is that part needed too?",
    ),
    "other_axis": (
        "The index in {piece} selects along the wrong axis",
        "What does each axis of the array count, and which entries do you need here?",
    ),
    "reordered": (
        "{piece} puts the entries in a different order",
        "Do they still line up with the quantities that go with them?",
    ),
    "outer": (
        "{piece} does not give a matrix of products, one for each pair of entries",
        "Which entries are multiplied together here, and which should be?",
    ),
    "extra_call": ("{call} does not belong in {piece}", "What does it change, and does the formula contain it?"),
    "applied_twice": ("{call} is applied twice in {piece}", "How many times does the formula contain it?"),
    "clobbered": (
        "{line} replaces values that are still needed",
        "What does each of these names hold before this line, and what does it hold afterwards?",
    ),
    "root_of_squares": (
        "{piece} is the root of a sum of squares",
        "Does the formula add up squares, or the values themselves?",
    ),
    "extra_exponent": ("The exponent in {piece} should be left out", "Where does the formula contain a square?"),
    "extra": ("{piece} should be left out", "Why did you include it, and does the formula contain it in this place?"),
    "statement_order": (
        "{line} is in the wrong place",
        "Which values have already been updated when it runs, and which have not?",
    ),
    "extra_statement": ("{line} makes the result wrong", "What does it change, and does the formula ask for that?"),
    "in_loop": ("{line} is outside the loop", "Should it run once or in every iteration?"),
    "out_of_loop": ("{line} is inside the loop", "Should it run in every iteration or only once?"),
    "accumulated": ("{line} adds to the previous value", "Should the value be added to or replaced?"),
    "overwritten": ("{line} replaces the value in every iteration", "Should the value be replaced or added to?"),
    "guard": (
        "{line} must not run in every iteration",
        "In which iteration does it use something that does not exist?",
    ),
    "power": ("In Python, `^` means the exclusive or of two integers, not a power", "How is a power written?"),
    "wrong_factor": ("In {piece}, the wrong factor is transposed", "Which shape should the product have?"),
    "wrong_return": ("{line} returns the wrong quantities", "Which two does the exercise ask for?"),
    "outside": (
        "{piece} is not an argument of the function but comes from elsewhere in the notebook",
        "Which argument, or which size of an argument, should you use instead?",
    ),
    "square_inside": (
        "In {piece}, the square is taken before the function is applied",
        "Which of the two comes first in the formula?",
    ),
    "root": ("A square root is missing from {piece}", "Which unit of measurement does this value have?"),
    "square": ("A square is missing from {piece}", "Where does the formula contain a square?"),
    "exp": ("An exponential is missing from {piece}", "Where does the formula contain it?"),
    "log": ("A logarithm is missing from {piece}", "Where does the formula contain it?"),
    "complement": ("{piece} is 1 minus the share that you need", "Which of the two shares does the formula contain?"),
    "no_function": ("A function is missing around {piece}", "Which function should be applied to this value?"),
    "extra_sum": ("{piece} combines entries that should stay separate", "Which shape do you need here?"),
    "not_summed": ("{piece} is not summed", "What should it be summed over, and which shape do you need?"),
    "no_mean": ("A division is missing from {piece}", "What should the mean be taken over?"),
    "no_factor": ("A factor is missing from {piece}", "Which argument of the function should be used here?"),
    "hard_coded": (
        "{piece} is a fixed number",
        "What should it depend on, so that the function also works for other arguments?",
    ),
    "too_small": ("{piece} is not large enough", "Which value would be large enough for any arguments?"),
    "number": ("The number {piece} is not right", "Where does it come from in the formula?"),
    "operation": ("The operation in {piece} is not the right one", "How does the formula combine the two values?"),
    "no_term": ("A term or a factor is missing next to {piece}", "Which quantity have you not used here?"),
    "no_two": (
        "A 2 is missing from {piece}, either as a factor or as a divisor",
        "Where does it come from in the formula?",
    ),
    "product_*": (
        "In {piece}, `*` multiplies entry by entry",
        "Does the formula ask for that, or for a product that sums over an inner axis?",
    ),
    "product_@": (
        "In {piece}, `@` is the matrix product, which sums over the inner axis",
        "Does the formula ask for that, or for an entry-by-entry product?",
    ),
    "uncalled": ("{piece} creates a function but does not call it", "At which point is its value needed?"),
    "whole_shape": ("{piece} is a tuple that contains the sizes of all axes", "Which of them do you need here?"),
    "carried": (
        "The value that {line} sets before the loop is carried over from iteration to iteration",
        "What should be kept for the next iteration, and what should be computed again?",
    ),
    "rows_only": (
        "{piece} goes through only the rows of the array",
        "How many entries are there, and how can you reach all of them?",
    ),
    "floor": ("`//` in {piece} cuts off everything after the decimal point", "Which kind of division keeps it?"),
}
