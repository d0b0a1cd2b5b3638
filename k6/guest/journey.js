// A guest's journey is mounted over this file. Without one, the load is the contract's.

export const ofContract = true;
