import { runAdapterContract } from '../contract.js'
import { suite } from './suite.js'

runAdapterContract(suite)
