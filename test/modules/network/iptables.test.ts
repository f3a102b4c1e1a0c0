import { describe, expect, it } from 'vitest';
import iptables from '../../../modules/network/iptables.ts';
import { type RuleArgs, ruleWords } from '../../../modules/network/iptables-rule.ts';
import { withDefaults } from '../harness.ts';

const words = (args: Record<string, unknown>, version: 'ipv4' | 'ipv6' = 'ipv4'): string =>
  ruleWords(withDefaults(iptables.options, args) as unknown as RuleArgs, version).join(' ');

/** That ansible.builtin.iptables writes them so is shown by the case of test/modules/alike that runs both. */
describe('rules in the words of iptables', () => {
  it.each([
    [{ source: '8.8.8.8', jump: 'DROP' }, '-s 8.8.8.8 -j DROP'],
    [{ source: '!10.0.0.0/8', jump: 'DROP' }, '! -s 10.0.0.0/8 -j DROP'],
    [{ ctstate: ['ESTABLISHED', 'RELATED'], jump: 'ACCEPT' }, '-j ACCEPT -m conntrack --ctstate ESTABLISHED,RELATED'],
    [{ match: ['state'], ctstate: ['NEW'], jump: 'ACCEPT' }, '-m state -j ACCEPT --state NEW'],
    [{ protocol: 'tcp', destination_ports: ['80', '8081:8083'], jump: 'ACCEPT' }, '-p tcp -j ACCEPT -m multiport --dports 80,8081:8083'],
    [{ protocol: 'tcp', tcp_flags: { flags: ['ALL'], flags_set: ['ACK', 'RST'] }, jump: 'DROP' }, '-p tcp --tcp-flags ALL ACK,RST -j DROP'],
    [{ protocol: 'tcp', syn: 'negate', jump: 'DROP' }, '-p tcp -j DROP ! --syn'],
    [{ match_set: 'admins', match_set_flags: 'src', jump: 'ACCEPT' }, '-j ACCEPT -m set --match-set admins src'],
    [{ src_range: '192.0.2.1-192.0.2.9', jump: 'ACCEPT' }, '-j ACCEPT -m iprange --src-range 192.0.2.1-192.0.2.9'],
    [{ limit: '5/minute', limit_burst: '10', jump: 'LOG', log_prefix: 'x ' }, '-j LOG --log-prefix x  -m limit --limit 5/minute --limit-burst 10'],
    [{ uid_owner: '!root', jump: 'DROP' }, '-j DROP -m owner ! --uid-owner root'],
    [{ reject_with: 'tcp-reset', protocol: 'tcp' }, '-p tcp -j REJECT --reject-with tcp-reset'],
    [{ jump: 'DSCP', set_dscp_mark: '8', protocol: 'tcp' }, '-p tcp -j DSCP --set-dscp 8'],
    [{ jump: 'ACCEPT', comment: 'a b', wait: '5' }, '-w 5 -j ACCEPT -m comment --comment a b'],
  ])('%j', (args, text) => expect(words(args)).toBe(text));

  it('has another option for the types of ICMP 6', () => {
    expect(words({ protocol: 'icmp', icmp_type: 'echo-request' })).toBe('-p icmp --icmp-type echo-request');
    expect(words({ protocol: 'ipv6-icmp', icmp_type: 'echo-request' }, 'ipv6')).toBe('-p ipv6-icmp --icmpv6-type echo-request');
  });
});
