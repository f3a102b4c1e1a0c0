/** Orders of the hosts of a play, as the keyword `order` names them. */
export type Order = 'inventory' | 'reverse_inventory' | 'sorted' | 'reverse_sorted' | 'shuffle';

/** Names in the order a play asks for. */
export function ordered(names: string[], order: Order): string[] {
  switch (order) {
    case 'reverse_inventory':
      return names.reverse();
    case 'sorted':
      return names.sort();
    case 'reverse_sorted':
      return names.sort().reverse();
    case 'shuffle':
      return shuffled(names);
    default:
      return names;
  }
}

function shuffled(names: string[]): string[] {
  for (let last = names.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [names[last], names[other]] = [names[other]!, names[last]!];
  }
  return names;
}
