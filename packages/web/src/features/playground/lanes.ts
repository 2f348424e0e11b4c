/** How many models are asked side by side at most; as the contract has it, whose schemas would weigh more than the pages. */
export const mostLanes = 4
